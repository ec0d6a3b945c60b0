import { InvalidArgumentError } from 'commander'

/** Reads a port; throws commander's error for other texts. */
export function toPort(text: string): number {
  const port = Number(text)
  if (text === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('It must be a port, 0 to 65535.')
  }
  return port
}
