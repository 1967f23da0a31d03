// Command benchmark draws districts from a folder of dual graphs and keeps a row
// of CSV a run, so that it can be stopped and taken up again.
//
// The time of a run is processor time, all threads together, and a run is a
// process of its own. "sanse grids draw" can be measured by the clock instead.
//
// The folder has a best_known.csv with the columns state, level, districts,
// best_known_cut_edges, gerrychain_10000_steps and file. Each drawing is read
// again and judged by a search of its own, which shares nothing with the one
// that drew it.
//
//	go run ./geo/districting/internal/benchmark -dir ../shared/bench/districting -csv grids.csv
//	go run ./geo/districting/internal/benchmark -sanse bin/sanse -dir ../shared/bench/districting -csv clock.csv
//	go run ./geo/districting/internal/benchmark -summary grids.csv
//
// It also makes up communities of cells:
//
//	go run ./geo/districting/internal/benchmark cells -cells 2000 -o cells.csv                     # one community
//	go run ./geo/districting/internal/benchmark cells -cells 1000 -communities 83 -o district.csv  # a district
//
// Like the planner's benchmark it has rows that are added to a file and seeds as
// flags. These few lines are written in both: a package that both may import
// would have to be one of geo for everybody, and geo is not about running
// programs.
package main
