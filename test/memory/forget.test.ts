import { expect, test } from "vitest";
import { naming } from "../../src/memory/forget.ts";

test.each(["acme", "A&B Corp: o'neil (eu)", "50% off @ [x]", "a.b*c?d+e^f$g|h\\i{j}/k", "Ünïcode-Größe", "a-b_c"])(
  "a customer called %j is found as a word of its own, and its name stands for itself alone",
  (name) => {
    const names = naming([name, "111122223333"]);
    expect(names(name)).toBe(true);
    expect(names(`scan-${name}-7f3a`)).toBe(true);
    expect(names(`x${name}x`)).toBe(false);
    expect(names(name.replace(/.$/u, "…"))).toBe(false);
    expect(names("arn:aws:iam::111122223333:role/Vendor")).toBe(true);
  },
);
