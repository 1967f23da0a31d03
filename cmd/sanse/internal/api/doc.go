// Package api is the HTTP face of the service, version 1: it turns requests
// into calls of the service and answers into JSON, GeoJSON and vector tiles,
// errors into RFC 9457 problem+json. OpenAPI 3.1 is generated from the code and
// served at /v1/openapi.json. It decides nothing itself.
//
// Until there are accounts it answers requests to this machine's own loopback
// names only, so that a page from elsewhere cannot read it by rebinding a name.
package api
