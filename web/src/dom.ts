// Elements of the page. Text enters through text nodes only; the content-security policy forbids the rest.

type Attributes = Record<string, string | number | boolean | undefined>;
export type Child = Node | string | undefined | false;

export function h<K extends keyof HTMLElementTagNameMap>(
    tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
    return filled(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
    tag: K, attributes: Attributes = {}, ...children: Child[]
): SVGElementTagNameMap[K] {
    return filled(document.createElementNS(svgNamespace(), tag) as SVGElementTagNameMap[K], attributes, children);
}

/** From the page's own empty svg element, so that the file holds no URL at all. */
const svgNamespace = (): string | null => document.getElementById("svg")?.namespaceURI ?? null;

function filled<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
    for (const [name, value] of Object.entries(attributes))
        if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
    element.append(...children.filter((c): c is Node | string => c !== undefined && c !== false));
    return element;
}

/** Text that breaks after its dots and slashes only. */
export const breakable = (text: string): Child[] =>
    text.split(/(?<=[./])/).flatMap((part, i) => (i === 0 ? [part] : [h("wbr"), part]));

export function button(label: string | Child[], onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
    const element = h("button", { type: "button", ...attributes }, ...[label].flat());
    element.addEventListener("click", onClick);
    return element;
}

/** A group of buttons of which one is pressed. */
export function choice<T extends string>(
    label: string, options: readonly (readonly [T, string])[], chosen: T, onChoose: (value: T) => void,
): HTMLElement {
    const group = h("div", { class: "choice", role: "group", "aria-label": label });
    for (const [value, text] of options) {
        const b = button(text, () => {
            for (const other of group.children) other.setAttribute("aria-pressed", String(other === b));
            onChoose(value);
        }, { "aria-pressed": String(value === chosen), "data-value": value });
        group.append(b);
    }
    return group;
}

export function section(id: string, title: string, ...children: Child[]): HTMLElement {
    return h("section", { id, "aria-labelledby": `${id}-title` },
             h("h2", { id: `${id}-title` }, title), ...children);
}

export function download(name: string, text: string, type: string): void {
    const url = URL.createObjectURL(new Blob([text], { type }));
    h("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Redraws when the width of `host` changes. */
export function onWidth(host: HTMLElement, draw: (width: number) => void): void {
    let last = 0;
    new ResizeObserver(([entry]) => {
        const width = Math.round(entry.contentRect.width);
        if (width > 0 && width !== last) draw((last = width));
    }).observe(host);
}
