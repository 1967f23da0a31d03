package geo

// Side is side, for the test against exact fractions.
var Side = side
