import { type Initializer, normal } from "../nn/initializers.js";

/** N(0, 2 / fanOut), not truncated: how the papers of residual nets and VGG start convolutions in front of relu. He et al., ICCV 2015. */
export const heByFanOut: Initializer = (elements, site) => normal({ std: Math.sqrt(2 / site.fanOut) })(elements, site);
