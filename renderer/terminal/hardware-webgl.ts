const software = /swiftshader|llvmpipe|software|basic render/i;

/** Whether WebGL is done by hardware; in software it paints seven frames a second and the DOM is better. */
export function hasHardwareWebgl(): boolean {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return false;
  const details = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = details ? String(gl.getParameter(details.UNMASKED_RENDERER_WEBGL)) : "software";
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !software.test(renderer);
}
