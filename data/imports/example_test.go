package imports_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"sanse/data/imports"
	"sanse/planner"
)

// A file is checked with a dry run; nothing is stored, so there is no Write.
func Example() {
	dir, err := os.MkdirTemp("", "imports")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Println(err)
		}
	}()
	path := filepath.Join(dir, "走访记录.csv")
	text := "对象编号,走访日期,走访结果\nR1,2026年11月3日,完成\nR2,2026/11/31,完成\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	rep, err := imports.Run(context.Background(),
		imports.Options{Kind: imports.Visits, Path: path, District: "510199", DryRun: true},
		imports.Env{Today: planner.NewDate(2026, 12, 1)})
	fmt.Println(rep.Read, "read,", rep.Refused, "refused:", errors.Is(err, imports.ErrRefused))
	for _, r := range rep.Refusals {
		fmt.Printf("line %d, %s %s: %s\n", r.Line, r.Column, r.Value, r.Reason)
	}
	// Output:
	// 2 read, 1 refused: true
	// line 3, 走访日期 2026/11/31: there is no such day
}
