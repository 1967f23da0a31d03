// Package features reads files of GeoJSON (RFC 7946) feature by feature, so that
// a file may be larger than the memory, and tells on which line each of them
// ends, so that a fault can be found.
//
// A file is a FeatureCollection, or features one after the other, with or
// without the record separators of RFC 8142. What a feature means, and what its
// coordinates are in, is for the caller. Anything that is JSON but no feature is
// a feature with the reason in Bad, and reading goes on; what is no JSON, or is
// cut off, ends it with ErrFormat.
package features
