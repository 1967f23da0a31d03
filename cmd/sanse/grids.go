package main

// gridsCmd are the verbs of the areas that planners draw.
type gridsCmd struct {
	Compare gridsCompareCmd `cmd:"" files:"" help:"Tell two divisions into grids apart: what moves, and what each grid has before and after."`
	Effect  gridsEffectCmd  `cmd:"" help:"Tell what a redraw would do before it is published; works on the database."`
}
