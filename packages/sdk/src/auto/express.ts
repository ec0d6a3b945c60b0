import { observeExpress } from '@quipu/http/express'
import type { Library } from './libraries.js'

/** Names the routes of every Express application (4 and 5). */
export const express: Library = { name: 'express', observe: observeExpress }
