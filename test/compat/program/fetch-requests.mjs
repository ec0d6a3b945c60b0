/** The requests to each application, and how they are counted. */
export const paths = ['/users/secret?token=secret', '/users/2', '/stream', '/wp-login.php']
export const expectedCounts = { '/users/:id GET 200': 2, '/stream GET 200': 1, 'unmatched GET 404': 1 }
