// Command benchmark chooses sites on published instances and in a made-up city,
// and prints a row of CSV for each: what was found, the bound, the best known,
// and the seconds of processor that it took.
//
//	go run ./reports/siting/internal/benchmark -dir ../shared/bench -time 10s
//	go run ./reports/siting/internal/benchmark -city 100000 -sites 2000 -p 50 -time 60s
//	go run ./reports/siting/internal/benchmark -city 100000 -goal pmedian -p 50 -time 60s
//
// The folder has pmed/ (files of the OR-Library, and optimal.csv with the columns
// instance, n, p, pmedian_optimum, pcenter_optimum) and mclp/ (points of São José
// dos Campos, and optimal.csv with instance, n, p, radius, opt_coverage, …,
// seconds of cbc). Distances of points are straight, as theirs are.
package main
