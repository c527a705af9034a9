// For hosts that send no headers of their own: the page and its workers as the host sends them, with the two headers that let a page share
// memory between threads. Nothing else passes through here, and nothing is kept.
self.addEventListener('fetch', (event) => {
  const { destination } = event.request;
  if (destination === 'document' || destination === 'worker') event.respondWith(isolated(event.request));
});

async function isolated(request) {
  const response = await fetch(request);
  // A redirect is the browser's to follow.
  if (response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
