import type { Channel, ChannelsByKind, MessageKind } from '../api_messages.ts'

/** has tells whether a channel is among those of a kind. */
export function has(ways: ChannelsByKind, kind: MessageKind, channel: Channel): boolean {
  return ways[kind]?.includes(channel) ?? false
}

/** turned is the same channels by kind, with one of them there, or not. */
export function turned(ways: ChannelsByKind, kind: MessageKind, channel: Channel, on: boolean): ChannelsByKind {
  const rest = (ways[kind] ?? []).filter((c) => c !== channel)
  return { ...ways, [kind]: on ? [...rest, channel] : rest }
}
