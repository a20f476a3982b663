// XML outputs: marker databases, layer styles, SVG, VTK image data.
#include <cmath>
#include <cstring>

#include "bytes.hpp"

namespace damascene::io {
namespace {

/// Tags close in order, entities and quotes are complete: enough of XML to catch unescaped text.
bool well_formed(std::string_view text) {
    std::vector<std::string_view> open;
    bool root = false;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '<') {
            if (text[i] == '&' && text.substr(i, 10).find(';') == std::string_view::npos) return false;
            const auto c = static_cast<unsigned char>(text[i]);
            if (text[i] == '>' || (c < ' ' && c != '\n' && c != '\t' && c != '\r')) return false;
            ++i;
            continue;
        }
        const std::size_t end = text.find('>', i);
        if (end == std::string_view::npos) return false;
        const std::string_view tag = text.substr(i + 1, end - i - 1);
        if (std::count(tag.begin(), tag.end(), '"') % 2 || tag.find('<') != std::string_view::npos) return false;
        i = end + 1;
        if (tag.starts_with('?')) continue;
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1)) return false;
            open.pop_back();
        } else if (!tag.ends_with('/')) {
            if (open.empty() && root) return false;
            root = true;
            open.push_back(tag.substr(0, tag.find_first_of(" \n")));
        }
    }
    return open.empty() && root;
}

const std::string hostile = "a<b>&\"c'\\ \x1b[2J ]]> d\xff";

TEST(MarkerDatabase, MarkersSurviveWritingAndReading) {
    std::vector<Marker> markers = {
        {"EPE", "12.5 nm", {{0, 0}, {10.25, 0}, {10.25, 1e-3}, {-0.1, 7}}},
        {"mrc width", "it's \\ \"17\" nm < 20 nm", {{1.1, 2.2}, {3.3, 4.4}}},
        {"pinch", "", {{-123456.789, 0.3}}},
        {"void", "no shape", {}},
    };
    const Bytes bytes = write_lyrdb(markers, "TOP", "two & two");
    EXPECT_TRUE(well_formed(text_of(bytes)));
    const std::vector<Marker> back = read_lyrdb(bytes);
    ASSERT_EQ(back.size(), markers.size());
    for (std::size_t i = 0; i < back.size(); ++i) {
        EXPECT_EQ(back[i].category, markers[i].category);
        EXPECT_EQ(back[i].text, markers[i].text);
        EXPECT_EQ(back[i].polygon_nm, markers[i].polygon_nm) << i;
    }
}

TEST(MarkerDatabase, NanometresBecomeMicrometresDigitByDigit) {
    const std::string text = text_of(write_lyrdb({{"EPE", "", {{0, 1}, {123.4, -0.1}, {5, 5}}}}, "TOP", ""));
    EXPECT_NE(text.find("<value>polygon: (0,1e-3;1.234e-1,-1e-4;5e-3,5e-3)</value>"), std::string::npos) << text;
}

TEST(MarkerDatabase, OtherShapesOfKLayoutAreRead) {
    const std::string
        start =
            "<?xml version=\"1.0\"?><!-- c --><report-database><items><item><category>'a b'</category><values><value>",
        end = "</value></values></item></items></report-database>";
    const auto polygon = [&](const std::string& value) {
        return read_lyrdb(bytes_of(start + value + end)).at(0).polygon_nm;
    };
    using Points = std::vector<std::array<double, 2>>;
    EXPECT_EQ(polygon("box: (0,0;1,2)"), (Points{{0, 0}, {0, 2000}, {1000, 2000}, {1000, 0}}));
    EXPECT_EQ(polygon("edge-pair: (0,0;0,1)/(0.5,1;0.5,0)"), (Points{{0, 0}, {0, 1000}, {500, 1000}, {500, 0}}));
    EXPECT_EQ(polygon("[tag] edge: (0,0;0,0.001)"), (Points{{0, 0}, {0, 1}}));
    EXPECT_EQ(read_lyrdb(bytes_of(start + "text: 'x &lt; &#65;'" + end)).at(0).text, "x < A");
    EXPECT_EQ(read_lyrdb(bytes_of(start + "float: 3" + end)).at(0).category, "a b");
}

TEST(MarkerDatabase, EveryTruncationIsALocatedError) {
    const Bytes whole = write_lyrdb({{"EPE", "t", {{0, 0}, {1, 0}, {1, 1}}}}, "TOP", "d");
    for (std::size_t n = 0; n + 2 < whole.size(); ++n) {
        const Diagnostic d = fault([&] { read_lyrdb(ByteView(whole).first(n)); });
        EXPECT_TRUE(d.code == "D0328" || d.code == "D0301") << n;
    }
    EXPECT_EQ(fault([] { read_lyrdb(bytes_of("<html></html>")); }).code, "D0301");
    EXPECT_EQ(fault([] { read_lyrdb(bytes_of("<report-database></>")); }).code, "D0328");
}

TEST(Xml, HostileTextIsEscapedEverywhere) {
    EXPECT_TRUE(well_formed(text_of(write_lyrdb({{hostile, hostile, {}}}, hostile, hostile))));
    EXPECT_TRUE(well_formed(text_of(write_lyp({{{1, 0}, hostile, "#ff0000"}, {{2, 5}, "b", hostile}}))));
    EXPECT_TRUE(well_formed(text_of(write_svg({{hostile, hostile, hostile, 0.5, {}}}, 0, 0, 1, 1))));
    const std::string vti = text_of(write_vti({{1, 1}, {0}}, hostile));
    EXPECT_TRUE(well_formed(vti.substr(0, vti.find("\n_")) + "</AppendedData></VTKFile>"));
}

TEST(Svg, LayersAreOnePathEachWithYUp) {
    const Contour square{{{0, 0}, {10, 0}, {10, 10.5}, {0, 10.5}}, true}, line{{{1, 1}, {2, 2}}, false};
    const std::string text =
        text_of(write_svg({{"mask", "#88f", "", 1, {square, line}}, {"print", "", "red", 0.5, {}}}, -5, -10, 15, 20));
    EXPECT_TRUE(well_formed(text));
    EXPECT_NE(text.find("viewBox=\"-5 -20 20 30\""), std::string::npos);
    EXPECT_NE(text.find("scale(1 -1)"), std::string::npos);
    EXPECT_NE(text.find("d=\"M0 0L10 0L10 10.5L0 10.5ZM1 1L2 2\""), std::string::npos);
    EXPECT_EQ(fault([] { write_svg({}, 0, 0, 0, 1); }).code, "D0316");
    EXPECT_EQ(fault([] { write_svg({{"a", "", "", 1, {{{{std::nan(""), 0}}, true}}}}, 0, 0, 1, 1); }).code, "D0316");
}

TEST(Vti, HeaderAndSamplesFollowTheVtkLayout) {
    Field2<double> field{{3, 2, 2 * nm, 4 * nm, 10 * nm, -5 * nm}, {1, 2, 3, 4, 5, 6.5}};
    const std::string text = text_of(write_vti(field, "intensity"));
    EXPECT_NE(text.find("WholeExtent=\"0 2 0 1 0 0\" Origin=\"10 -5 0\" Spacing=\"2 4 1\""), std::string::npos)
        << text.substr(0, 300);
    const std::size_t at = text.find("\n_") + 2;
    std::uint64_t bytes = 0;
    double samples[6];
    std::memcpy(&bytes, text.data() + at, 8);
    std::memcpy(samples, text.data() + at + 8, sizeof samples);
    EXPECT_EQ(bytes, 48u);
    EXPECT_EQ(std::vector<double>(samples, samples + 6), field.values);
}

TEST(LayerStyles, SourceIsLayerAndDatatype) {
    const std::string text = text_of(write_lyp({{{11, 3}, "metal1", "#ff8000"}}));
    EXPECT_TRUE(well_formed(text));
    EXPECT_NE(text.find("<source>11/3@1</source>"), std::string::npos);
    EXPECT_NE(text.find("<fill-color>#ff8000</fill-color>"), std::string::npos);
}

}  // namespace
}  // namespace damascene::io
