package service

import (
	"container/list"
	"sync"
)

// tileCacheBytes bounds what is kept of tiles that were asked for.
const tileCacheBytes = 64 << 20

// tileKey names a tile of one version.
type tileKey struct {
	set     tileSetKey
	version string
	z, x, y int
}

// tileCache keeps the tiles that were asked for last.
type tileCache struct {
	mu    sync.Mutex
	order list.List // of cachedTile, the last asked for in front
	known map[tileKey]*list.Element
	bytes int
}

type cachedTile struct {
	key  tileKey
	tile Tile
}

// size is what a tile takes, with its place in the lists.
func (c *cachedTile) size() int { return len(c.tile.Gzip) + 300 }

func (c *tileCache) get(k tileKey) (Tile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.known[k]
	if !ok {
		return Tile{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cachedTile).tile, true
}

func (c *tileCache) put(k tileKey, t Tile) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.known[k]; ok {
		return
	}
	if c.known == nil {
		c.known = make(map[tileKey]*list.Element)
	}
	v := &cachedTile{k, t}
	c.known[k] = c.order.PushFront(v)
	c.bytes += v.size()
	for c.bytes > tileCacheBytes {
		c.drop(c.order.Back())
	}
}

func (c *tileCache) drop(e *list.Element) {
	v := c.order.Remove(e).(*cachedTile)
	delete(c.known, v.key)
	c.bytes -= v.size()
}

// forget throws away all tiles of a set: there is a newer version.
func (c *tileCache) forget(set tileSetKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.order.Front(); e != nil; {
		next := e.Next()
		if e.Value.(*cachedTile).key.set == set {
			c.drop(e)
		}
		e = next
	}
}
