// Package mark leaves in a file who took it, so that a copy that is found can be
// followed back: a line of text among the file's properties that names the
// export, its account, its purpose and how long it is good, with a digest of the
// rest of the file and a seal over it all. What is to be seen on the pages is for
// whoever writes them; what the seal is made with is its caller's.
//
// A writer puts Mark.Blank where the mark is to stand, once; Seal then fills in
// digest and seal without moving a byte of the rest. In a workbook, which is
// packed, only the part that holds it is packed anew. Read finds the mark again and
// works the digest out anew.
package mark
