package demo_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"sanse/data/demo"
	"sanse/planner"
)

func ExampleGenerate() {
	dir, err := os.MkdirTemp("", "district")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Println(err)
		}
	}()
	m, err := demo.Generate(context.Background(), dir, demo.Options{Start: planner.NewDate(2026, 12, 1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.District.Code, m.District.Name)
	fmt.Println(filepath.Base(m.Residents), filepath.Base(m.Streets))
	// Output:
	// 510199 示范区（虚构）
	// residents.csv streets.osm
}
