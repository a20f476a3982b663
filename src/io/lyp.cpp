// KLayout layer properties (.lyp): colour and name per layer.

#include "byte_reader.hpp"

namespace damascene::io {

Bytes write_lyp(const std::vector<LayerStyle>& styles) {
    std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<layer-properties>\n";
    for (const LayerStyle& style : styles) {
        const std::string colour = escape_xml(style.color);
        out += " <properties>\n  <frame-color>" + colour + "</frame-color>\n  <fill-color>" + colour +
               "</fill-color>\n  <frame-brightness>0</frame-brightness>\n  <fill-brightness>0</fill-brightness>\n"
               "  <dither-pattern>I5</dither-pattern>\n  <valid>true</valid>\n  <visible>true</visible>\n"
               "  <transparent>false</transparent>\n  <width>1</width>\n  <marked>false</marked>\n  "
               "<animation>0</animation>\n  <name>" +
               escape_xml(style.name) + "</name>\n  <source>" + std::to_string(style.layer.layer) + "/" +
               std::to_string(style.layer.datatype) + "@1</source>\n </properties>\n";
    }
    return as_bytes(out + "</layer-properties>\n");
}

}  // namespace damascene::io
