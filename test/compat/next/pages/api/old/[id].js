import { trackUserAction } from '@quipu/sdk'

export default function handler(request, response) {
  trackUserAction('by_api')
  response.status(200).json({ id: request.query.id })
}
