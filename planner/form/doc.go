// Package form holds what is asked and looked at on a visit: the questions of a
// form, the answers to choose from, and the reasons for what could not be done.
// All of it is data with a first day, so that a district may have its own; the
// package has a reference and checks answers against whichever form they name.
//
// It leaves to others where forms and answers are kept, and what is typed in
// words, which no form looks at.
//
// Invariants: ids and codes are unique in their list and no more than MaxCode
// characters of a-z, 0-9 and _; a form that Validate lets pass can be shown in
// Chinese and in English. Nothing here is changed after it is made, so all of it
// may be shared.
package form
