// Colours of the page as a canvas needs them; on paper always the light ones.

import { h } from "./dom";

/** The computed colours of custom properties, as rgb(...) text, in the order of their names. */
export function pageColours(host: HTMLElement, names: readonly string[], printing = false): string[] {
    const probe = h("span", { hidden: true });
    probe.style.colorScheme = printing ? "light" : "";
    host.append(probe);
    const colours = names.map((name) => {
        probe.style.color = `var(--${name})`;
        return getComputedStyle(probe).color;
    });
    probe.remove();
    return colours;
}

/** Redraws before and after the page goes to paper. */
export function onPrint(redraw: (printing: boolean) => void): void {
    for (const [name, printing] of [["beforeprint", true], ["afterprint", false]] as const)
        addEventListener(name, () => redraw(printing));
}
