// Command benchmark measures the planner on folders of benchmark instances and
// on Sanse's own problem files, and keeps a row of CSV a run, so that it can be
// stopped and taken up again.
//
// The budget of a run is processor time, all threads together: wall time tells
// nothing on a machine that does other work as well. Every run is a process of
// its own, so that its processor time is its own, and every solution is
// verified by the checker of package formats, which shares nothing with the
// solver.
//
//	go run ./planner/internal/benchmark -set pvrp -dir ../shared/bench/pvrp -csv pvrp.csv
//	go run ./planner/internal/benchmark -set solomon -dir ../shared/bench/vrptw/solomon -best ../shared/bench/vrptw/best_known.csv -objective vehicles -threads 1 -parallel 2 -csv fleet.csv
//	go run ./planner/internal/benchmark -summary pvrp.csv
//
// Of one of Sanse's own problems it tells how the plan gets better over time:
//
//	go run ./planner/internal/benchmark problem -time 10s -csv curve.csv problem.json
//
// It also makes up cities of any size, a problem a line, for "sanse plan":
//
//	go run ./planner/internal/benchmark city -residents 60000 -blocks 100 -o city.jsonl    # 20 districts of 3,000
//	go run ./planner/internal/benchmark city -residents 1000000 -o million.jsonl           # a community a line
package main
