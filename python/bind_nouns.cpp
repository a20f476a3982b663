// What walks from step to step: clip, mask, image, print, surface, volume, profile.
#include "flow/archive.hpp"
#include "native.hpp"

namespace damascene::python {
namespace {

/// A noun as bytes and back, by the archive of step results.
template <class Noun>
nb::bytes noun_state(const Noun& noun) {
    flow::StepResult result;
    result.outputs.emplace_back(noun);
    return to_python(flow::to_bytes(result));
}
template <class Noun>
void noun_from(Noun& self, const nb::bytes& state) {
    flow::StepResult result = flow::step_result_of(bytes_of(state));
    new (&self) Noun(std::get<Noun>(std::move(result.outputs.at(0))));
}
template <class Noun>
nb::class_<Noun> noun_class(nb::module_& m, const char* name, const char* doc) {
    return nb::class_<Noun>(m, name, doc).def("__getstate__", &noun_state<Noun>).def("__setstate__", &noun_from<Noun>);
}

nb::str text_of(const io::Bytes& bytes) { return nb::str(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }

/// SVG up to the size a notebook shows.
nb::object small_svg(const io::Bytes& svg) {
    if (svg.size() > 300000) return nb::none();
    return text_of(svg);
}

const std::array<const char*, 6> palette = {"#8f969e", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2"};

// ------------------------------------------------------------------------------------------------------------- light
void bind_light(nb::module_& m) {
    noun_class<flow::Clip>(m, "Clip", "What is to be printed on one periodic cell, layout nm.")
        .def_prop_ro(
            "target", [](nb::handle self) { return member(nb::cast<const flow::Clip&>(self).target, self); },
            nb::sig("def target(self) -> Region"), "Polygons to be printed.")
        .def_ro("period_nm", &flow::Clip::period_nm, "Side of the periodic cell.")
        .def_ro("window_nm", &flow::Clip::window_nm, "x0, y0, x1, y1 of the window.")
        .def_ro("cut_nm", &flow::Clip::cut_nm, "x0, y0, x1, y1 of the cut, if there is one.")
        .def_ro("layer", &flow::Clip::layer, "Name of the layer.");
    noun_class<flow::Mask>(m, "Mask", "Polygons of the corrected or drawn mask.")
        .def_prop_ro(
            "polygons", [](nb::handle self) { return member(nb::cast<const flow::Mask&>(self).shapes, self); },
            nb::sig("def polygons(self) -> Region"), "Shapes of the mask.")
        .def_ro("clear_field", &flow::Mask::clear_field, "Whether the shapes are chrome on clear glass.")
        .def_ro("threshold", &flow::Mask::threshold, "Intensity at which it was corrected to print.")
        .def_ro("origin", &flow::Mask::origin, "The step or drawing it comes from.")
        .def("_repr_svg_", [](const flow::Mask& x) { return small_svg(region_svg(x.shapes, "#0072b2")); });
    noun_class<flow::ImageStack>(m, "ImageStack", "One exact image per focus; intensity scales with dose.")
        .def_ro("focus_nm", &flow::ImageStack::focus_nm, "Image planes.")
        .def_ro("dose", &flow::ImageStack::dose, "Relative doses.")
        .def_ro("clear_field", &flow::ImageStack::clear_field, "Whether the mask was clear with dark shapes.")
        .def_prop_ro(
            "images",
            [](nb::handle self) {
                nb::list list;
                for (const Image& image : nb::cast<const flow::ImageStack&>(self).images)
                    list.append(member(image, self));
                return list;
            },
            nb::sig("def images(self) -> list[Image]"), "One image per focus, no copies.")
        .def_prop_ro(
            "nominal",
            [](nb::handle self) {
                const auto& s = nb::cast<const flow::ImageStack&>(self);
                return member(s.images.at(static_cast<std::size_t>(s.nominal_focus)), self);
            },
            nb::sig("def nominal(self) -> Image"), "The image nearest to focus 0.")
        .def_prop_ro(
            "aerial",
            [](const flow::ImageStack& s) {
                return FieldHandle::owned(samples(s.images.at(static_cast<std::size_t>(s.nominal_focus)), 4),
                                          "clear field");
            },
            "Samples of the nominal image over its period, 4 nm or finer.")
        .def("_repr_png_", [](const flow::ImageStack& s) {
            const Field2<double> f = samples(s.images.at(static_cast<std::size_t>(s.nominal_focus)), 4);
            const auto [low, high] = std::minmax_element(f.values.begin(), f.values.end());
            return to_python(field_png(f, *low, *high));
        });
    const auto lines = [](std::vector<Contour> flow::PrintSet::*part) {
        return [part](nb::handle self) { return contour_arrays(nb::cast<const flow::PrintSet&>(self).*part, self); };
    };
    noun_class<flow::PrintSet>(m, "Print", "Contours that print: nominal, and the outer and inner end of the process.")
        .def_ro("threshold", &flow::PrintSet::threshold, "Intensity at which resist prints.")
        .def_prop_ro("nominal", lines(&flow::PrintSet::nominal),
                     nb::sig("def nominal(self) -> list[numpy.typing.NDArray[numpy.float64]]"),
                     "Points x, y (nm), no copy.")
        .def_prop_ro("outer", lines(&flow::PrintSet::outer),
                     nb::sig("def outer(self) -> list[numpy.typing.NDArray[numpy.float64]]"),
                     "Points x, y (nm), no copy.")
        .def_prop_ro("inner", lines(&flow::PrintSet::inner),
                     nb::sig("def inner(self) -> list[numpy.typing.NDArray[numpy.float64]]"),
                     "Points x, y (nm), no copy.")
        .def("_repr_svg_", [](const flow::PrintSet& p) {
            return small_svg(contours_svg({{"outer", "#f0e0b0", "", 1, p.outer},
                                           {"nominal", "", "#0072b2", 1, p.nominal},
                                           {"inner", "", "#d55e00", 1, p.inner}}));
        });
}

// ------------------------------------------------------------------------------------------------------------- solids
Array2<double> points(const feature::Polyline& line) {
    std::vector<std::vector<double>> rows;
    for (const Vec2 p : line) rows.push_back({p.x, p.z});
    return matrix_of(rows);
}

std::size_t material_index(const std::vector<std::string>& materials, const std::string& name) {
    for (std::size_t i = 0; i < materials.size(); ++i)
        if (materials[i] == name) return i;
    std::string known;
    for (const std::string& m : materials) known += (known.empty() ? "" : ", ") + m;
    const std::string near = nearest_name(name, materials);
    throw InputError("D0109", "no material is named '" + escape_text(name) + "'",
                     near.empty() ? "materials: " + known : "did you mean '" + near + "'?");
}

io::Bytes surface_svg(const Surface& s) {
    std::vector<io::SvgLayer> layers;
    for (std::size_t i = 0; i < s.materials.size(); ++i) {
        io::SvgLayer layer{s.materials[i], palette[i % palette.size()], "#333333", 1, {}};
        for (const feature::Polyline& line : feature::outlines(s, i)) {
            Contour c;
            for (const Vec2 p : line) c.points_nm.push_back({p.x, p.z});
            layer.contours.push_back(std::move(c));
        }
        layers.push_back(std::move(layer));
    }
    return contours_svg(layers);
}

void bind_surface(nb::module_& m) {
    noun_class<Surface>(m, "Surface", "A cross-section of solids by level sets; x (or r) to the right, z up, nm.")
        .def_ro("materials", &Surface::materials, "From the bottom up.")
        .def_prop_ro(
            "axial", [](const Surface& s) { return s.symmetry == Symmetry::axial; }, "Revolved about x = 0.")
        .def_prop_ro(
            "phi",
            [](nb::handle self) {
                std::vector<FieldHandle> list;
                for (const Field2<double>& phi : nb::cast<const Surface&>(self).phi)
                    list.push_back(FieldHandle::borrowed(phi, "nm", self));
                return list;
            },
            "Per material: signed distance to the union of it and all below, < 0 inside; no copies.")
        .def(
            "outlines",
            [](const Surface& s, const std::string& material) {
                std::vector<Array2<double>> list;
                for (const auto& line : feature::outlines(s, material_index(s.materials, material)))
                    list.push_back(points(line));
                return list;
            },
            "material"_a, "Closed outlines of one material: points x, z in nm.")
        .def(
            "volume",
            [](const Surface& s, const std::string& material) {
                return feature::volume(s, material_index(s.materials, material));
            },
            "material"_a, "Cross-section area of a material, nm^2 (axial: volume, nm^3).")
        .def(
            "svg", [](const Surface& s) { return text_of(surface_svg(s)); }, "Picture as SVG.")
        .def("_repr_svg_", [](const Surface& s) { return small_svg(surface_svg(s)); })
        .def("__repr__", [](const Surface& s) {
            return "Surface(" + std::to_string(s.materials.size()) + " materials, " + std::to_string(s.grid.nx) +
                   " x " + std::to_string(s.grid.ny) + ")";
        });
}

void bind_mesh(nb::module_& m) {
    nb::class_<TriangleMesh>(m, "TriangleMesh", "Triangles of a surface in 3D; counter-clockwise seen from the gas.")
        .def_prop_ro(
            "points",
            [](nb::handle self) {
                const auto& mesh = nb::cast<const TriangleMesh&>(self);
                return view<const double>(mesh.points.empty() ? nullptr : mesh.points.front().data(),
                                          mesh.points.size(), 3, self);
            },
            "x, y, z in nm, no copy.")
        .def_prop_ro(
            "triangles",
            [](nb::handle self) {
                const auto& mesh = nb::cast<const TriangleMesh&>(self);
                return view<const std::int32_t>(mesh.triangles.empty() ? nullptr : mesh.triangles.front().data(),
                                                mesh.triangles.size(), 3, self);
            },
            "Indices of points, no copy.")
        .def_prop_ro(
            "material",
            [](nb::handle self) {
                const auto& mesh = nb::cast<const TriangleMesh&>(self);
                return view<const int>(mesh.material.data(), mesh.material.size(), self);
            },
            "Per triangle, or empty.");
}

void bind_volume(nb::module_& m) {
    bind_mesh(m);
    noun_class<feature::Volume>(m, "Volume", "Solids in three dimensions by level sets in sparse tiles, nm.")
        .def_ro("materials", &feature::Volume::materials, "From the bottom up.")
        .def_prop_ro(
            "box_nm",
            [](const feature::Volume& v) {
                return std::array<double, 6>{v.box.x0_nm, v.box.y0_nm, v.box.z0_nm,
                                             v.box.x1_nm, v.box.y1_nm, v.box.z1_nm};
            },
            "x0, y0, z0, x1, y1, z1.")
        .def_prop_ro(
            "cell_nm", [](const feature::Volume& v) { return v.box.h_nm; }, "Side of a cell.")
        .def(
            "mesh", [](const feature::Volume& v) { return computed_away([&] { return feature::surface_mesh(v); }); },
            "The surface against the gas as triangles.")
        .def(
            "section",
            [](const feature::Volume& v, const Dimensional& y) {
                return computed_away([&, at = y.length("y").in(nm)] { return feature::section_at(v, at); });
            },
            "y"_a, "The cross-section at y.")
        .def(
            "volume",
            [](const feature::Volume& v, const std::string& material) {
                return computed_away([&, i = material_index(v.materials, material)] { return feature::volume(v, i); });
            },
            "material"_a, "nm^3 of a material.")
        .def("_repr_svg_", [](const feature::Volume& v) {
            return small_svg(surface_svg(feature::section_at(v, 0.5 * (v.box.y0_nm + v.box.y1_nm))));
        });
}

void bind_profile(nb::module_& m) {
    noun_class<Profile>(m, "Profile", "Developed resist as openings through it at every height.")
        .def_ro("thickness_nm", &Profile::thickness_nm, "Of the film.")
        .def_prop_ro(
            "z_nm",
            [](const Profile& p) {
                std::vector<double> z;
                for (const ProfileLevel& level : p.levels) z.push_back(level.z_nm);
                return array_of(std::move(z));
            },
            "Heights above the substrate.")
        .def_prop_ro(
            "openings",
            [](nb::handle self) {
                nb::list list;
                for (const ProfileLevel& level : nb::cast<const Profile&>(self).levels)
                    list.append(member(level.opening, self));
                return list;
            },
            nb::sig("def openings(self) -> list[Region]"), "Opening at each height, no copies.")
        .def("_repr_svg_", [](const Profile& p) -> nb::object {
            if (p.levels.empty()) return nb::none();
            return small_svg(region_svg(p.levels[p.levels.size() / 2].opening, "#e69f00"));
        });
}

}  // namespace

void bind_nouns(nb::module_& m) {
    bind_light(m);
    bind_surface(m);
    bind_volume(m);
    bind_profile(m);
}

}  // namespace damascene::python
