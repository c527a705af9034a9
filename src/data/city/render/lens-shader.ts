// The shader of the lens: the picture with what weather, optics and a sensor add.

export const screenVertex = /* glsl */ `
precision highp float;
in vec3 position;
void main() { gl_Position = vec4(position.xy, 0.0, 1.0); }`;

export const screenFragment = /* glsl */ `
precision highp float;
precision highp int;
uniform sampler2D seen;
uniform vec2 size;
uniform float grain;
uniform float blur;
uniform float smear;
uniform float vignette;
uniform float rain;
uniform float flakes;
uniform float seed;
uniform float bright;
out vec4 outColour;
float hash(vec2 p, float s) {
  uvec3 q = uvec3(ivec3(vec3(p, s) + 4096.0)) * uvec3(1597334673u, 3812015801u, 2798796415u);
  uint h = (q.x ^ q.y ^ q.z) * 1597334673u;
  h = (h ^ (h >> 15)) * 2246822519u;
  return float(h >> 8) / 16777216.0;
}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec3 colour = texelFetch(seen, at, 0).rgb;
  vec3 around = vec3(0.0);
  for (int i = 0; i < 9; i++) {
    ivec2 beside = clamp(at + ivec2(i % 3 - 1, i / 3 - 1), ivec2(0), ivec2(size) - 1);
    around += texelFetch(seen, beside, 0).rgb / 9.0;
  }
  // Video keeps colour at half the resolution of light.
  vec3 grey = vec3(0.3, 0.59, 0.11);
  vec3 chroma = mix(colour - dot(colour, grey), around - dot(around, grey), smear);
  colour = mix(dot(colour, grey), dot(around, grey), blur) + mix(chroma, around - dot(around, grey), blur);
  vec2 p = gl_FragCoord.xy / size.y;
  if (rain > 0.0) {
    for (int i = 0; i < 2; i++) {
      float scale = i == 0 ? 90.0 : 50.0;
      vec2 q = vec2(p.x * scale + p.y * 6.0, p.y * scale * 0.09 + hash(vec2(floor(p.x * scale + p.y * 6.0), 3.0), seed) * 9.0);
      float drop = step(1.0 - 0.1 * rain, hash(floor(q), seed + float(i)));
      float line = smoothstep(0.5, 0.1, abs(fract(q.x) - 0.5)) * smoothstep(0.5, 0.2, abs(fract(q.y) - 0.5));
      colour = mix(colour, vec3(bright), drop * line * 0.22);
    }
  }
  if (flakes > 0.0) {
    for (int i = 0; i < 3; i++) {
      float scale = i == 0 ? 22.0 : i == 1 ? 40.0 : 70.0;
      vec2 cell = floor(p * scale);
      vec2 place = vec2(hash(cell, seed + float(i)), hash(cell, seed + 7.0 + float(i))) * 0.6 + 0.2;
      float there = step(1.0 - 0.45 * flakes, hash(cell, seed + 13.0 + float(i)));
      float r = 0.08 + 0.1 * hash(cell, seed + 19.0);
      float soft = smoothstep(r, r * 0.3, length(fract(p * scale) - place));
      colour = mix(colour, vec3(min(1.0, bright * 1.1)), there * soft * 0.75);
    }
  }
  vec2 centred = gl_FragCoord.xy / size - 0.5;
  colour *= 1.0 - 2.0 * vignette * dot(centred, centred);
  for (int c = 0; c < 3; c++) {
    float n = hash(gl_FragCoord.xy, seed + 31.0 + float(c)) + hash(gl_FragCoord.xy, seed + 41.0 + float(c)) - 1.0;
    colour[c] += n * grain * 1.6;
  }
  outColour = vec4(clamp(colour, 0.0, 1.0), 1.0);
}`;
