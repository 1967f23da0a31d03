import type { EditedArea, GroundAnswer, Made } from '../api_editor.ts'
import { Ground } from './ground.ts'

/**
 * withMade is the ground after an edit, by the exact areas that the service
 * answers. Places in areas that were touched are found again; one that an
 * address decides goes with its area, or with what the lineage says came of it.
 */
export function withMade(g: Ground, made: Made): Ground {
  const gone = new Set(made.gone)
  const fresh = new Map(made.areas.features.map((f) => [f.properties.code, f]))
  const old = g.answer.areas.features
  const community = g.answer.area.code
  const features = old.flatMap((f) => (gone.has(f.properties.code) ? [] : [fresh.get(f.properties.code) ?? f]))
  const known = new Set(old.map((f) => f.properties.code))
  // Of other communities nothing is shown here.
  for (const f of made.areas.features)
    if (!known.has(f.properties.code) && f.properties.code.startsWith(community) && f.properties.code.length > community.length) features.push(f)
  const areas = { ...g.answer.areas, features }
  const next = new Ground({ ...g.answer, areas }, g)
  const heir = new Map<string, string>()
  for (const l of made.change.lineage) if (next.faceOf.has(l.to) && !heir.has(l.from)) heir.set(l.from, l.to)
  const index = new Map(features.map((f, i) => [f.properties.code, i]))
  // The faces that a place of a touched face may be in now.
  const open = next.faces.filter((f) => fresh.has(f.code) || !g.faceOf.has(f.code))
  const where = Array.from(g.inFace, (was, p) => {
    const face = g.faces[was]
    if (!face) return -1
    const stays = next.faceOf.has(face.code)
    if (stays && (g.places.fixed[p] || !fresh.has(face.code))) return index.get(face.code) ?? -1
    if (g.places.fixed[p] && heir.has(face.code)) return index.get(heir.get(face.code)!) ?? -1
    const x = g.places.x[p]!
    const y = g.places.y[p]!
    const found = open.find((f) => next.contains(f, x, y))
    return index.get(found?.code ?? face.code) ?? -1
  })
  return new Ground({ ...g.answer, version: made.version, areas, places: { ...g.answer.places, in: where } }, g)
}

/** withLocks is the ground with other areas locked. */
export function withLocks(g: Ground, locks: readonly string[]): Ground {
  const set = new Set(locks)
  const features = g.answer.areas.features.map((f) => ({ ...f, properties: { ...f.properties, locked: set.has(f.properties.code) } satisfies EditedArea }))
  return new Ground({ ...g.answer, areas: { ...g.answer.areas, features } } satisfies GroundAnswer, g)
}
