import { url } from './api.ts'
import { json } from './request.ts'

// What one is told, and by which ways.

/** The kinds of messages, in the order in which people are told of them. */
export const messageKinds = ['reminder', 'holder', 'passed', 'again', 'case', 'case_near', 'case_over', 'plan', 'handed'] as const
export type MessageKind = (typeof messageKinds)[number] | 'test'

/** The ways out of the app. */
export const channels = ['push', 'webhook'] as const
export type Channel = (typeof channels)[number]
export type ChannelsByKind = Partial<Record<MessageKind, Channel[] | null>>

/** A message to whoever sits here. */
export interface Message {
  id: number
  kind: MessageKind
  /** in the language that was chosen */
  text: string
  /** how many visits, cases or people it told of */
  count: number
  /** of how many that still holds */
  open: number
  urgent?: boolean
  due?: string
  made: string
  read?: string
}

export interface MessageList {
  items: Message[] | null
  unread: number
  more?: boolean
}

export interface MessageChoice {
  language: 'zh' | 'en'
  off: ChannelsByKind
  lets: ChannelsByKind
}

export interface PushState {
  /** the district lets it */
  on: boolean
  key?: string
  subscribed: boolean
}

export interface MessageRules {
  push: boolean
  webhook: boolean
  kinds: ChannelsByKind
  quiet?: { from: string; to: string } | null
  subject?: string
}

export interface MessageSettings extends MessageRules {
  /** host of the gateway; the address itself is told to nobody */
  gateway?: string
  /** told once, when it is made */
  secret?: string
  set_by?: string
  set?: string
  reference: MessageRules
}

export interface Undelivered {
  message: number
  channel: Channel
  kind: MessageKind
  made: string
  ended: string
  tries: number
  fault: string
}

export const messagesAt = {
  list: (before?: number) => url('/messages', { before }),
  unread: () => url('/messages/unread'),
  choice: () => url('/messages/choice'),
  push: () => url('/push'),
  rules: () => url('/message-rules'),
  undelivered: () => url('/message-rules/undelivered'),
}

/** readMessages says that all messages up to one were read, and tells how many were not. */
export const readMessages = (upTo: number): Promise<{ unread: number }> => json('POST', url('/messages/read'), { body: { up_to: upTo } })

export const putChoice = (c: { language: string; off: ChannelsByKind }): Promise<null> => json('PUT', messagesAt.choice(), { body: c })

export const putPush = (s: { endpoint: string; p256dh: string; auth: string }): Promise<null> => json('PUT', messagesAt.push(), { body: s })
export const dropPush = (): Promise<null> => json('DELETE', messagesAt.push())

/** putRules sets by which ways the district lets what be told; a url that is left out stays as it was. */
export const putRules = (r: MessageRules & { url?: string; new_secret?: boolean }): Promise<MessageSettings> => json('PUT', messagesAt.rules(), { body: r })

/** testMessages sends a message to oneself by all ways that are on. */
export const testMessages = (): Promise<null> => json('POST', url('/message-rules/test'))
