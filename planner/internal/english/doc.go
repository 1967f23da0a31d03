// Package english writes the counts of English sentences. The sentences
// themselves stand where they are said.
package english
