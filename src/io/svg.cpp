// Pictures of layers as SVG 1.1: user unit nm, y up through one mirrored group, one even-odd path per layer.

#include <cmath>

#include "byte_reader.hpp"

namespace damascene::io {

std::string escape_xml(std::string_view text) {
    std::string out;
    for (const char c : escape_text(text)) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&apos;"; break;
            default: out += c;
        }
    }
    return out;
}

namespace {

void require_finite(double value) {
    if (!std::isfinite(value)) throw InputError("D0316", "a coordinate is not finite");
}

std::string path_data(const std::vector<Contour>& contours) {
    std::string out;
    for (const Contour& contour : contours) {
        char command = 'M';
        for (const auto& [x, y] : contour.points_nm) {
            require_finite(x);
            require_finite(y);
            out += command + shortest(x) + " " + shortest(y);
            command = 'L';
        }
        if (contour.closed && !contour.points_nm.empty()) out += 'Z';
    }
    return out;
}

std::string layer_path(const SvgLayer& layer) {
    const auto colour = [](const std::string& c) { return c.empty() ? std::string("none") : escape_xml(c); };
    return "<path fill=\"" + colour(layer.fill) + "\" stroke=\"" + colour(layer.stroke) + "\" opacity=\"" +
           shortest(layer.opacity) + "\" d=\"" + path_data(layer.contours) + "\"><title>" + escape_xml(layer.name) +
           "</title></path>\n";
}

}  // namespace

Bytes write_svg(const std::vector<SvgLayer>& layers, double x0_nm, double y0_nm, double x1_nm, double y1_nm) {
    for (double value : {x0_nm, y0_nm, x1_nm, y1_nm}) require_finite(value);
    if (!(x1_nm > x0_nm) || !(y1_nm > y0_nm)) throw InputError("D0316", "SVG window is empty");
    const double width = x1_nm - x0_nm, height = y1_nm - y0_nm;
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"" +
        shortest(x0_nm) + " " + shortest(-y1_nm) + " " + shortest(width) + " " + shortest(height) +
        "\">\n<g transform=\"scale(1 -1)\" fill-rule=\"evenodd\" stroke-width=\"" +
        shortest(std::max(width, height) / 1000) + "\">\n";
    for (const SvgLayer& layer : layers) {
        require_finite(layer.opacity);
        out += layer_path(layer);
    }
    return as_bytes(out + "</g>\n</svg>\n");
}

}  // namespace damascene::io
