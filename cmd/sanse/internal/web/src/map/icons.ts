import type { MapLibreMap } from 'maplibre-gl'
import type { FacilityProperties } from '../api.ts'
import type { Term } from '../i18n.ts'
import { fonts, serviceColour } from '../theme.ts'

/** What a facility has to give: a place, none, or nobody who comes. */
export type FacilityState = 'room' | 'full' | 'idle' | 'planned'

/** The states in the order of the filter. */
export const facilityStates: readonly FacilityState[] = ['room', 'full', 'idle', 'planned']

/** facilityState reads it from status, capacity and use. A capacity of 0 is not known, so never full. */
export function facilityState(f: Pick<FacilityProperties, 'status' | 'capacity' | 'in_use'>): FacilityState {
  if (f.status === 'planned') return 'planned'
  if (f.status === 'idle') return 'idle'
  return f.capacity > 0 && (f.in_use ?? 0) >= f.capacity ? 'full' : 'room'
}

/** The Chinese letter of a service is the character that tells it from the others (助餐 → 餐). */
const letters: Readonly<Record<string, string>> = {
  meals: '餐',
  bathing: '浴',
  clinic: '医',
  day_care: '日',
  rehabilitation: '康',
  children_home: '儿',
  elder_care: '养',
}

/** letter is the sign of a service in its icon and its chip, the same in both languages. */
export function letter(service: Term): string {
  return letters[service.key] ?? [...service.zh][0] ?? '?'
}

/** iconName is the name of a facility's image on the map. */
export function iconName(service: string, state: FacilityState): string {
  return `facility-${service}-${state}`
}

const ratio = 2

function canvas(size: number): CanvasRenderingContext2D | null {
  const c = document.createElement('canvas')
  c.width = c.height = size * ratio
  const g = c.getContext('2d')
  g?.scale(ratio, ratio)
  return g
}

function add(map: MapLibreMap, name: string, g: CanvasRenderingContext2D): void {
  if (map.hasImage(name)) return
  map.addImage(name, g.getImageData(0, 0, g.canvas.width, g.canvas.height), { pixelRatio: ratio })
}

/** addHatch draws the image that the style names for hidden cells. */
export function addHatch(map: MapLibreMap): void {
  const h = canvas(8)
  if (!h) return
  h.fillStyle = 'rgba(205,207,206,.55)'
  h.fillRect(0, 0, 8, 8)
  h.strokeStyle = 'rgba(110,120,125,.75)'
  h.lineWidth = 1
  h.beginPath()
  for (const o of [-8, 0, 8]) {
    h.moveTo(o, 8)
    h.lineTo(o + 8, 0)
  }
  h.stroke()
  add(map, 'hatch', h)
}

/**
 * addIcons draws the images that the style names for facilities: a disc for each
 * service and state. Full has a bar below, idle is hollow, planned is dashed: the
 * state can be told without the colour.
 */
export function addIcons(map: MapLibreMap, services: readonly Term[]): void {
  const keys = services.map((s) => s.key)
  for (const s of services)
    for (const state of facilityStates) {
      const g = canvas(34)
      if (!g) continue
      const colour = serviceColour(s.key, keys)
      const hollow = state === 'idle' || state === 'planned'
      g.beginPath()
      g.arc(17, 17, 15, 0, Math.PI * 2)
      g.fillStyle = '#ffffff'
      g.fill()
      g.beginPath()
      g.arc(17, 17, hollow ? 12.2 : 13, 0, Math.PI * 2)
      g.fillStyle = hollow ? '#ffffff' : colour
      g.fill()
      if (hollow) {
        g.strokeStyle = colour
        g.lineWidth = 2
        if (state === 'planned') g.setLineDash([3, 2.6])
        g.stroke()
        g.setLineDash([])
      }
      g.fillStyle = hollow ? colour : '#ffffff'
      g.font = `600 14px ${fonts}`
      g.textAlign = 'center'
      g.textBaseline = 'middle'
      g.fillText(letter(s), 17, 17.5)
      if (state === 'full') {
        g.fillStyle = '#ffffff'
        g.fillRect(4, 25, 26, 8)
        g.fillStyle = '#1d2730'
        g.fillRect(6, 27, 22, 4)
      }
      add(map, iconName(s.key, state), g)
    }
}
