// Package demo makes the input files of a district: areas, streets, buildings,
// population, facilities, residents, visitors, past visits and policies. It
// writes files and nothing else; they go through the same importers as the
// files of a user, so that what a newcomer sees first is the real path.
//
// There are two sources. By default the whole district is made up from a seed:
// 示范区 near 104.3°E 30.8°N, calibrated to the published figures of a real
// district, ground and people alike invented. With Options.Extract the streets,
// the boundaries and the facilities are those of an OpenStreetMap extract, and
// only what lies below the community and the people are invented. Both say so
// in the district's name and note.
//
// Invariants:
//   - the same options give the same files, byte for byte;
//   - the areas of a level tile those of the level above exactly: neighbours
//     share their vertices, whose coordinates are rounded once, to 7 decimals;
//   - no person is real: ID numbers carry the region code 510199, which was
//     never given out, and phone numbers lie in 199-0000-xxxx.
package demo
