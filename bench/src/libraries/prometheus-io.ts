import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import { type PromStyle, promStyleLibrary } from './prom-style.js'

// The successor's type declarations differ in places that are not used here.
export const library = promStyleLibrary({ Counter, Gauge, Histogram, Registry } as unknown as PromStyle)
