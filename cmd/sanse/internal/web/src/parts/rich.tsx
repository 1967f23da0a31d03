import type { ComponentChildren } from 'preact'

/** rich fills the {names} of a pattern with elements, so that a number in a sentence can stand out. */
export function rich(pattern: string, values: Readonly<Record<string, ComponentChildren>>): ComponentChildren[] {
  return pattern.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    return name !== undefined && name in values ? values[name] : part
  })
}
