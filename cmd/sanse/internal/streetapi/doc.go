// Package streetapi serves a [routing.Network] over HTTP to clients that were
// written for others: OSRM's API, version 1 (route, table, nearest), and
// openrouteservice's isochrones.
//
//	GET /route/v1/{profile}/{lon},{lat};{lon},{lat}?steps=true&geometries=geojson
//	GET /table/v1/{profile}/{coordinates}?annotations=duration,distance
//	GET /nearest/v1/{profile}/{lon},{lat}?number=3
//	POST /v2/isochrones/{profile} {"locations": [[lon, lat]], "range": [900]}
//
// Answers, errors and their codes are those documented by the two. Where we
// differ:
//
//   - The profile chooses among several, and an unknown one is InvalidValue;
//     OSRM has one and takes any word for it. OSRM's and openrouteservice's own
//     words are understood: see [New].
//   - A coordinate has its street within [Options].Radius unless radiuses say
//     otherwise; OSRM looks as far as it takes.
//   - Times and lengths run from street to street, as OSRM's do; with
//     walk_to_street=true (ours) they have the straight walks at both ends.
//   - language=zh or en (ours) adds maneuver.instruction.
//   - A hint chooses among the streets near its coordinate; it needs not to be
//     given to be quick. A hint of another map is passed over.
//   - One route is given, whatever alternatives asks for. Node numbers of
//     OpenStreetMap are not kept: annotations=nodes alone is NotImplemented,
//     with others it is left out.
//   - approaches=curb and continue_straight=true are NotImplemented where they
//     would make a difference: between waypoints, for those who drive or ride.
//   - POST with the same address takes options, coordinates among them, from a
//     form in the body, for those too long for an address (ours).
//   - match, trip and tile are NotImplemented.
//
// Nothing is logged but failures of our own, and no coordinate is ever. Who may
// ask is for the caller to decide: no CORS header is sent, and the Host header
// is not looked at.
package streetapi
