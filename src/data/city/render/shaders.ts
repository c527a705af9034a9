// The shaders: one for what the camera sees, one for ids and one for shadows.

const vertexHead = /* glsl */ `
precision highp float;
precision highp int;
in vec3 position;
in vec3 normal;
in vec2 uv;
in vec4 colour;
in vec3 tag;
uniform mat4 viewMatrix;
uniform mat4 projectionMatrix;
`;

export const cityVertex = /* glsl */ `${vertexHead}
out vec3 vPosition;
out vec3 vNormal;
out vec2 vUv;
out vec4 vColour;
flat out vec3 vTag;
void main() {
  vPosition = position;
  vNormal = normal;
  vUv = uv;
  vColour = colour;
  vTag = tag;
  gl_Position = projectionMatrix * (viewMatrix * vec4(position, 1.0));
}`;

export const idVertex = /* glsl */ `${vertexHead}
flat out vec3 vTag;
void main() {
  vTag = tag;
  gl_Position = projectionMatrix * (viewMatrix * vec4(position, 1.0));
}`;

/** Class in red, instance in green and blue; nothing is blended, lit or smoothed. */
export const idFragment = /* glsl */ `
precision highp float;
precision highp int;
flat in vec3 vTag;
out vec4 outColour;
void main() {
  int instance = int(vTag.z + 0.5);
  outColour = vec4(vTag.y, float(instance & 255), float(instance >> 8), 255.0) / 255.0;
}`;

export const shadowFragment = /* glsl */ `
precision highp float;
out vec4 outColour;
void main() { outColour = vec4(1.0); }`;

/** What the sky looks like in a direction; needs the uniforms of \`lightUniforms\`. */
const skyFunction = /* glsl */ `
uniform sampler2DArray tiles;
uniform float noiseTile;
uniform vec3 sun;
uniform vec3 sunColour;
uniform float disc;
uniform vec3 zenith;
uniform vec3 horizon;
uniform float clouds;
uniform float exposure;
uniform float glare;
uniform vec3 gain;
uniform float clipping;
uniform float contrast;
uniform float saturation;
uniform vec2 drift;
vec3 skyColour(vec3 dir, bool sharp) {
  float up = max(dir.y, 0.0);
  vec3 sky = mix(horizon, zenith, pow(up, 0.55));
  float toSun = max(dot(dir, normalize(sun)), 0.0);
  sky += disc * sunColour * (0.25 * pow(toSun, 8.0) + (sharp ? 6.0 * smoothstep(0.9994, 0.9997, toSun) : 0.0));
  if (clouds > 0.0) {
    vec2 at = dir.xz / (up + 0.22) * 0.16 + drift;
    float wool = 0.65 * textureLod(tiles, vec3(at, noiseTile), 0.0).r + 0.35 * textureLod(tiles, vec3(at * 2.7, noiseTile), 0.0).g;
    float cover = smoothstep(0.66 - 0.32 * clouds, 0.8 - 0.2 * clouds, wool) * min(1.0, clouds * 1.6);
    vec3 cloud = (horizon * 0.75 + sunColour * 0.24 * disc) * (1.25 - 0.7 * wool);
    sky = mix(sky, cloud, cover * smoothstep(0.0, 0.12, up) * 0.85);
  }
  return sky;
}
vec3 developed(vec3 light) {
  light *= exposure * gain;
  // A film's curve is soft at the bright end, a sensor's is straight up to where it ends.
  vec3 soft = light * (1.0 + light * 0.12) / (1.0 + light * 0.85);
  vec3 tone = sqrt(clamp(mix(soft, light * 0.8, clipping), 0.0, 1.0));
  vec3 low = 0.5 * pow(2.0 * min(tone, 0.5), vec3(contrast));
  vec3 high = 0.5 * pow(2.0 - 2.0 * max(tone, 0.5), vec3(contrast));
  tone = low + 0.5 - high;
  return clamp(mix(vec3(dot(tone, vec3(0.3, 0.59, 0.11))), tone, saturation), 0.0, 1.0);
}
`;

export const skyVertex = /* glsl */ `
precision highp float;
in vec3 position;
uniform vec4 corners;
uniform mat4 cameraWorld;
out vec3 vDirection;
void main() {
  vDirection = mat3(cameraWorld) * vec3(position.xy * corners.xy, -1.0);
  gl_Position = vec4(position.xy, 1.0, 1.0);
}`;

export const skyFragment = /* glsl */ `
precision highp float;
precision highp sampler2DArray;
in vec3 vDirection;
out vec4 outColour;
${skyFunction}
void main() { outColour = vec4(developed(glare * skyColour(normalize(vDirection), true)), 1.0); }`;

export const cityFragment = /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2DArray;
precision highp sampler2DShadow;
in vec3 vPosition;
in vec3 vNormal;
in vec2 vUv;
in vec4 vColour;
flat in vec3 vTag;
out vec4 outColour;
${skyFunction}
uniform vec3 eye;
uniform vec3 ahead;
uniform vec3 above;
uniform vec3 below;
uniform float fog;
uniform float wet;
uniform float snow;
uniform float lamps;
uniform sampler2DShadow shadows;
uniform mat4 shadowMatrix;
uniform vec3 lampPlaces[8];

float hash(vec3 p) {
  uvec3 q = uvec3(ivec3(p)) * uvec3(1597334673u, 3812015801u, 2798796415u);
  uint h = (q.x ^ q.y ^ q.z) * 1597334673u;
  return float(h >> 8) / 16777216.0;
}

float lightAt(vec3 normal) {
  vec4 at = shadowMatrix * vec4(vPosition + normal * 0.06, 1.0);
  vec3 place = at.xyz * 0.5 + 0.5;
  vec2 edge = abs(place.xy - 0.5);
  if (max(edge.x, edge.y) > 0.495 || place.z > 1.0) return 1.0;
  place.z -= 0.0009;
  float sum = 0.0;
  float soft = disc > 0.0 ? 0.0008 : 0.006;
  for (int i = 0; i < 4; i++) {
    vec2 shift = vec2(i % 2 == 0 ? -soft : soft, i < 2 ? -soft : soft);
    sum += texture(shadows, vec3(place.xy + shift, place.z));
  }
  return sum * 0.25;
}

void main() {
  vec4 texel = texture(tiles, vec3(vUv, vTag.x));
  float glass = smoothstep(0.45, 0.1, texel.a);
  float tinted = smoothstep(0.55, 0.95, texel.a);
  vec3 albedo = texel.rgb * mix(vec3(1.0), vColour.rgb, tinted);
  albedo *= albedo;
  vec3 normal = normalize(vNormal);
  vec3 toEye = eye - vPosition;
  float distance = length(toEye);
  toEye /= distance;
  bool ground = normal.y > 0.9 && vPosition.y < 0.4;

  // Stains larger than a tile, and dirt near the ground.
  vec2 wide = ground ? vPosition.xz * 0.045 : vec2(vPosition.x + vPosition.z, vPosition.y) * 0.06;
  vec4 stains = texture(tiles, vec3(wide, noiseTile));
  albedo *= 0.78 + 0.44 * stains.r;
  if (normal.y < 0.4 && vTag.y == 2.0) albedo *= 0.72 + 0.28 * smoothstep(0.0, 2.2, vPosition.y);

  float gloss = 0.0;
  if (wet > 0.0 && normal.y > 0.6) {
    float pool = ground ? smoothstep(0.4, 0.62, stains.g) : 0.2;
    albedo *= 1.0 - 0.45 * wet;
    gloss = wet * (0.25 + 0.75 * pool);
  }
  if (snow > 0.0 && normal.y > 0.35) {
    float fallen = smoothstep(1.05 - snow, 1.3 - snow, stains.g + 0.35 * normal.y + (vTag.y == 3.0 ? -0.22 : 0.0));
    albedo = mix(albedo, vec3(0.78, 0.8, 0.84), fallen * smoothstep(0.35, 0.7, normal.y));
    glass *= 1.0 - fallen;
  }
  // Cars and metal shine.
  bool body = vTag.y == 8.0;
  if (body && snow < 0.2) gloss = max(gloss, 0.35);

  vec3 toSun = normalize(sun);
  float facing = dot(normal, toSun);
  // Leaves let light through, and cloth and bark are rough.
  float wrap = vTag.y == 6.0 ? 0.35 : 0.0;
  float lit = max((facing + wrap) / (1.0 + wrap), 0.0);
  float shadow = lightAt(normal);
  vec3 ambient = mix(below, above, normal.y * 0.5 + 0.5);
  // Between houses and under cars less of the sky is seen.
  float open = disc > 0.0 ? 0.8 + 0.2 * shadow : 0.42 + 0.58 * shadow;
  vec3 light = ambient * open + sunColour * lit * (disc > 0.0 ? shadow : 0.55 * shadow);

  vec3 shine = vec3(0.0);
  if (lamps > 0.0) {
    for (int i = 0; i < 8; i++) {
      vec3 to = lampPlaces[i] - vPosition;
      float far = dot(to, to);
      to *= inversesqrt(far);
      float fall = lamps * 1.5 / (1.0 + far * 0.05);
      light += vec3(1.0, 0.78, 0.5) * fall * max(dot(normal, to) * 0.85 + 0.15, 0.0) * smoothstep(-0.1, 0.3, to.y);
      if (gloss > 0.0) shine += vec3(1.0, 0.8, 0.55) * fall * gloss * 3.0 * pow(max(dot(normalize(to + toEye), normal), 0.0), 60.0);
    }
    // The headlights of the car that the camera is in.
    vec3 from = vPosition - (eye - vec3(0.0, 0.5, 0.0));
    float beam = smoothstep(0.86, 0.98, dot(normalize(from), ahead));
    light += vec3(1.0, 0.96, 0.86) * lamps * beam * 9.0 / (1.0 + dot(from, from) * 0.04) * (ground ? 0.35 : 0.6);
  }
  vec3 seen = albedo * light;
  if (disc > 0.0 && gloss > 0.0) shine += sunColour * shadow * gloss * 2.5 * pow(max(dot(normalize(toSun + toEye), normal), 0.0), 90.0);

  vec3 mirrored = reflect(-toEye, normal);
  float edgeOn = pow(1.0 - max(dot(normal, toEye), 0.0), 4.0);
  if (glass > 0.0) {
    vec3 cell = vec3(floor(vUv), vTag.z);
    float room = hash(cell);
    bool atHome = vTag.y == 2.0 && fract(room * 57.0) < 0.42;
    vec3 inside = albedo * (0.35 + 1.3 * room) * (ambient + 0.1) * 1.6;
    if (atHome) inside += lamps * mix(vec3(0.62, 0.4, 0.18), vec3(0.5, 0.5, 0.46), fract(room * 13.0)) * (0.35 + texel.g * 1.6);
    vec3 outside = mix(skyColour(vec3(mirrored.x, abs(mirrored.y), mirrored.z), false), above * 0.5, mirrored.y < 0.12 ? 0.75 : 0.15);
    seen = mix(seen, mix(inside, outside, 0.2 + 0.75 * edgeOn + 0.12 * fract(room * 7.0)), glass);
  }
  if (gloss > 0.0) {
    float ripple = body ? 0.0 : (stains.b - 0.5) * 0.12;
    vec3 dir = normalize(mirrored + vec3(ripple, 0.0, ripple));
    // Low in the street one sees houses, not sky, in the road.
    float skyward = body ? smoothstep(-0.1, 0.5, dir.y) : smoothstep(0.02, 0.4, dir.y);
    vec3 outside = mix(above * 0.45, skyColour(vec3(dir.x, abs(dir.y), dir.z), false), skyward);
    seen = mix(seen, outside, gloss * (0.05 + 0.8 * edgeOn));
  }
  seen += shine;
  if (vColour.a > 0.0) seen += vColour.rgb * vColour.rgb * vColour.a * (0.12 + 2.6 * lamps);
  seen = mix(horizon * 0.92 + lamps * vec3(0.03, 0.024, 0.016), seen, exp(-pow(distance * fog, 1.25)));
  outColour = vec4(developed(seen), 1.0);
}`;
