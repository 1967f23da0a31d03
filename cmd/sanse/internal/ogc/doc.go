// Package ogc reads what clients of OGC API – Features write into an address: a
// filter in CQL2 Text (OGC 21-065r2), a box, a time, a page.
//
// Of CQL2 it knows Basic CQL2 (comparisons of properties with literals or with
// each other, IS NULL, AND, OR, NOT), the advanced comparison operators (LIKE,
// BETWEEN, IN) and S_INTERSECTS with a point, a box or any geometry of
// well-known text, longitude first. A filter is checked against the properties
// that there are when it is read, so that matching never fails; what cannot be
// read says where (*Error). What is null is neither equal to anything nor
// different from it, and a filter lets through only what it is sure of.
//
// It knows nothing of HTTP, nor of what is filtered.
package ogc
