package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
)

func (s *Server) registerTiles(api huma.API) {
	get(api, "tile-sets", "/v1/tiles.json", "The sets of tiles that there are, each with the address of its TileJSON", s.getTileSets)
	get(api, "tile-json", "/v1/tiles/{set}", "TileJSON 3.0.0 of a set of tiles: its address with the version, layers, bounds, zooms", s.getTileJSON)
	get(api, "tile", "/v1/tiles/{set}/{version}/{z}/{x}/{y}", "Vector tile; an old version is redirected to the current one", s.getTile)
	get(api, "ground-tile", "/v1/tiles/{z}/{x}/{y}", "Vector tile of the latest ground: layers water, building, street, area", s.getGroundTile)
}

// origin learns how the client calls this server, for absolute addresses, and
// as whom it asks, which addresses keep.
type origin struct{ base, as string }

// Resolve keeps the scheme and host of the request, and who asks.
func (o *origin) Resolve(ctx huma.Context) []error {
	o.base = "http://" + ctx.Host()
	if as := ctx.Query("as"); as != "" {
		o.as = "?" + url.Values{"as": {as}}.Encode()
	}
	if ctx.TLS() != nil || visitOf(ctx.Context()).secure {
		o.base = "https://" + ctx.Host()
	}
	return nil
}

// tileSet is a set of tiles with what describes it.
type tileSet struct {
	name     string
	describe func(context.Context) (service.TileSet, error)
	tile     func(ctx context.Context, version string, z, x, y int) (service.Tile, error)
}

// tileSets lists the sets that there are.
func (s *Server) tileSets() []tileSet {
	return []tileSet{{
		service.GroundTiles,
		func(ctx context.Context) (service.TileSet, error) { return s.service.GroundTileSet(ctx, s.district) },
		func(ctx context.Context, version string, z, x, y int) (service.Tile, error) {
			return s.service.GroundTile(ctx, s.district, version, z, x, y)
		},
	}, {
		service.CellTiles,
		func(ctx context.Context) (service.TileSet, error) { return s.service.CellTileSet(ctx, s.district) },
		func(ctx context.Context, version string, z, x, y int) (service.Tile, error) {
			return s.service.CellTile(ctx, s.district, version, z, x, y)
		},
	}}
}

func (s *Server) tileSet(name string) (tileSet, error) {
	sets := s.tileSets()
	names := make([]string, len(sets))
	for i, set := range sets {
		if set.name == name {
			return set, nil
		}
		names[i] = set.name
	}
	return tileSet{}, huma.NewError(http.StatusNotFound, service.Tell("there is no such set of tiles: want one of %s", service.OwnList(names)))
}

// TileSets lists the sets of tiles.
type TileSets struct {
	Sets []TileSetLink `json:"sets"`
}

// TileSetLink is where a set of tiles is described.
type TileSetLink struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	TileJSON    string `json:"tilejson" doc:"address of its TileJSON"`
}

type tileSetsInput struct{ origin }

func (s *Server) getTileSets(ctx context.Context, in *tileSetsInput) (*answer[TileSets], error) {
	out := TileSets{}
	for _, set := range s.tileSets() {
		d, err := set.describe(ctx)
		if err != nil {
			return nil, s.problem(err)
		}
		out.Sets = append(out.Sets, TileSetLink{set.name, d.Description, in.base + "/v1/tiles/" + set.name + ".json" + in.as})
	}
	return answerOf(out), nil
}

// TileJSON describes a set of tiles (TileJSON 3.0.0).
type TileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	Version      string        `json:"version" doc:"of the specification a semantic one: 1.0.0 and what the data are as build metadata"`
	Attribution  string        `json:"attribution,omitempty"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles" doc:"the address carries the version of what is shown: what it says never changes"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       [4]float64    `json:"bounds"`
	Center       [3]float64    `json:"center"`
	VectorLayers []VectorLayer `json:"vector_layers"`
}

// VectorLayer is a layer of a set of tiles.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

type tileJSONInput struct {
	origin
	Set string `path:"set" pattern:"^[a-z]{1,20}\\.json$" doc:"name and .json"`
}

// centreZoom is where a client that follows TileJSON opens the map.
const centreZoom = 11

func (s *Server) getTileJSON(ctx context.Context, in *tileJSONInput) (*answer[TileJSON], error) {
	name := strings.TrimSuffix(in.Set, ".json")
	set, err := s.tileSet(name)
	if err != nil {
		return nil, err
	}
	d, err := set.describe(ctx)
	if err != nil {
		return nil, s.problem(err)
	}
	out := TileJSON{
		TileJSON: "3.0.0", Name: d.Name, Description: d.Description, Version: "1.0.0+" + d.Version, Attribution: d.Attribution, Scheme: "xyz",
		Tiles:   []string{in.base + tilePath(name, d.Version) + "{z}/{x}/{y}.mvt" + in.as},
		MinZoom: d.MinZoom, MaxZoom: d.MaxZoom, Bounds: boundsOf(d.Bounds), VectorLayers: []VectorLayer{},
	}
	centre := d.Bounds.Center()
	out.Center = [3]float64{centre[0], centre[1], centreZoom}
	for _, l := range d.Layers {
		out.VectorLayers = append(out.VectorLayers, VectorLayer{l.Name, l.Description, l.MinZoom, l.MaxZoom, l.Fields})
	}
	return answerOf(out), nil
}

func tilePath(set, version string) string {
	return "/v1/tiles/" + set + "/" + url.PathEscape(version) + "/"
}

// TileAt names a tile by zoom, column and row.
type TileAt struct {
	Z int    `path:"z" minimum:"0" maximum:"22"`
	X int    `path:"x" minimum:"0"`
	Y string `path:"y" pattern:"^[0-9]{1,8}\\.mvt$" doc:"number and .mvt"`
}

// row is -1, where there is no tile, for what is no number.
func (a *TileAt) row() int {
	y, err := strconv.Atoi(strings.TrimSuffix(a.Y, ".mvt"))
	if err != nil {
		return -1
	}
	return y
}

// Has is what a client says about what it has and takes.
type Has struct {
	IfNoneMatch    string `header:"If-None-Match"`
	AcceptEncoding string `header:"Accept-Encoding"`
}

type tileInput struct {
	origin
	Set     string `path:"set" pattern:"^[a-z]{1,20}$"`
	Version string `path:"version" pattern:"^([0-9]{1,19}([.][0-9a-z-]{1,40})?|latest)$" doc:"as in the TileJSON, or latest"`
	TileAt
	Has
}

// tileAnswer is a tile as it is sent.
type tileAnswer struct {
	Status          int
	ContentType     string `header:"Content-Type"`
	ContentEncoding string `header:"Content-Encoding"`
	CacheControl    string `header:"Cache-Control"`
	ETag            string `header:"ETag"`
	Vary            string `header:"Vary"`
	Location        string `header:"Location"`
	Body            []byte
}

// revalidate lets the browser keep a copy, and ask each time whether it still holds.
const revalidate = "private, no-cache"

func (s *Server) getTile(ctx context.Context, in *tileInput) (*tileAnswer, error) {
	set, err := s.tileSet(in.Set)
	if err != nil {
		return nil, err
	}
	t, err := set.tile(ctx, in.Version, in.Z, in.X, in.row())
	var old *service.OldTilesError
	if errors.As(err, &old) {
		return &tileAnswer{
			Status: http.StatusTemporaryRedirect, CacheControl: fresh,
			Location: tilePath(in.Set, old.Current) + strconv.Itoa(in.Z) + "/" + strconv.Itoa(in.X) + "/" + in.Y + in.as,
		}, nil
	}
	if err != nil {
		return nil, s.problem(err)
	}
	cache := fresh // a new version's set is not ready yet, or true numbers are in it
	switch {
	case t.Version == "" || !t.Open():
	case t.Version == in.Version:
		cache = forever
	default:
		cache = revalidate
	}
	return s.sendTile(&t, cache, &in.Has)
}

type groundTileInput struct {
	TileAt
	Has
	Version int64 `query:"v" doc:"any number: changes the address where the data changed"`
}

func (s *Server) getGroundTile(ctx context.Context, in *groundTileInput) (*tileAnswer, error) {
	t, err := s.service.GroundTile(ctx, s.district, service.LatestTiles, in.Z, in.X, in.row())
	if err != nil {
		return nil, s.problem(err)
	}
	return s.sendTile(&t, revalidate, &in.Has)
}

// sendTile answers with a tile, compressed as it is where the client takes
// that, or with word that what the client has still holds.
func (s *Server) sendTile(t *service.Tile, cache string, h *Has) (*tileAnswer, error) {
	out := &tileAnswer{Status: http.StatusOK, ContentType: typeTile, CacheControl: cache, ETag: t.ETag, Vary: "Accept-Encoding"}
	if matches(h.IfNoneMatch, t.ETag) {
		out.Status, out.ContentType = http.StatusNotModified, ""
		return out, nil
	}
	if t.Gzip == nil {
		return out, nil
	}
	if takesGzip(h.AcceptEncoding) {
		out.ContentEncoding, out.Body = "gzip", t.Gzip
		return out, nil
	}
	var err error
	if out.Body, err = t.Plain(); err != nil {
		return nil, s.problem(err)
	}
	return out, nil
}

// matches tells whether an If-None-Match header names a tag (RFC 9110, 13.1.2).
func matches(header, tag string) bool {
	for _, t := range strings.Split(header, ",") {
		if t = strings.TrimSpace(t); t == "*" || t != "" && strings.TrimPrefix(t, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// takesGzip reads an Accept-Encoding header (RFC 9110, 12.5.3).
func takesGzip(header string) bool {
	for _, e := range strings.Split(header, ",") {
		name, params, _ := strings.Cut(e, ";")
		if name = strings.TrimSpace(name); !strings.EqualFold(name, "gzip") && name != "*" {
			continue
		}
		q, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if v, err := strconv.ParseFloat(strings.TrimSpace(q), 64); !ok || err != nil || v > 0 {
			return true
		}
	}
	return false
}
