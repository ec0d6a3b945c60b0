import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { promStyleLibrary } from './prom-style.js'

export const library = promStyleLibrary({ Counter, Gauge, Histogram, Registry })
