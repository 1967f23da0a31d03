// Package indicators says what a district measures itself by, month by month: up to
// eight indicators of its own, each of a measure out of a fixed list. What is counted
// for a measure comes from outside as a part of a whole; here it becomes a figure. Areas
// are compared by it, people are not: there is no measure of a person.
package indicators
