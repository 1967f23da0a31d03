// Package candidates says where facilities could be: along the streets and in
// the buildings there are, thinned to a distance from each other; and how long
// the walks are between such places and the people (Walks). To choose among them
// is for sanse/reports/siting. Points are lon-lat degrees in WGS 84. The same
// input gives the same places.
package candidates
