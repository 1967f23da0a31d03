package data

// TileSQL is the statement of Store.Tile, for a test that asks for its plan.
const TileSQL = tileSQL

// TileArgs are its arguments.
var TileArgs = tileArgs
