// Package print writes pages to be printed: PDF on A4 with Chinese and Latin
// text, tables, bars and small maps, on one page. What stands on the pages is
// for its callers to know.
//
// The font is theirs to bring, as bytes: a TrueType font, or a collection of
// which the first face is taken. Only the glyphs that are used go into the
// file.
package print
