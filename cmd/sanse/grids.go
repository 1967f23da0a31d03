package main

// gridsCmd are the verbs of the areas that planners draw.
type gridsCmd struct {
	Draw    gridsDrawCmd    `cmd:"" files:"" help:"Draw grids: each in one piece, balanced, compact, in its community."`
	Check   gridsCheckCmd   `cmd:"" files:"" help:"Check how areas tile, or an assignment of units to grids, whoever made it."`
	Compare gridsCompareCmd `cmd:"" files:"" help:"Tell two divisions into grids apart: what moves, and what each grid has before and after."`
	Effect  gridsEffectCmd  `cmd:"" help:"Tell what a redraw would do before it is published; works on the database."`
}

func (*gridsCmd) Help() string {
	return `What is divided comes as H3 cells (CSV: cell,community,<weights…>), as areas (GeoJSON of polygons with the
properties id, community and the weights) or as a dual graph (JSON of networkx, as GerryChain writes it). Weights are
whole numbers. docs/grids.md has the formats.

  sanse grids draw --cells cells.csv --standard households=300 -o grids.geojson
  sanse grids draw --graph county05.json --weight TOTPOP=0.5% --zones 4 --goal cut-edges --time 60s -o plan.csv
  sanse grids check plan.csv --graph county05.json --weight TOTPOP=0.5%
  sanse grids compare today.csv plan.csv --cells cells.csv --weight households`
}
