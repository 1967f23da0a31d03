package main

// gridsCmd are the verbs of the areas that planners draw.
type gridsCmd struct {
	Effect gridsEffectCmd `cmd:"" help:"Tell what a redraw would do before it is published; works on the database."`
}
