package web

import "fmt"

// ECharts returns the text of echarts.min.js, which reports carry inside
// themselves. It is missing while the pages are not built.
func ECharts() ([]byte, error) {
	b, err := built.ReadFile("dist/echarts.min.js")
	if err != nil {
		return nil, fmt.Errorf("the pages are not built (make web): %w", err)
	}
	return b, nil
}
