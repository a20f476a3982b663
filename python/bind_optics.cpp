// Sources, pupils, kernels, images of masks.
#include "damascene/optics.hpp"

#include "flow/litho.hpp"
#include "native.hpp"

namespace damascene::python {
namespace {

using optics::Pupil;
using optics::Source;

Pupil pupil_of(double na, const Dimensional& wavelength, double n_medium, const Dimensional& defocus,
               const std::vector<double>& zernike_waves, double obscuration) {
    Pupil p;
    p.na = na;
    p.wavelength = wavelength.length("wavelength");
    p.n_medium = n_medium;
    p.defocus = defocus.length("defocus");
    p.zernike_waves = zernike_waves;
    p.obscuration = obscuration;
    optics::validate(p);
    return p;
}

void bind_source(nb::module_& m) {
    nb::class_<Source>(m, "Source", "Incoherent source points in units of NA / wavelength; the weights sum to 1.")
        .def_prop_ro(
            "points",
            [](nb::handle self) {
                const auto& s = nb::cast<const Source&>(self);
                return view<const double>(s.points.empty() ? nullptr : &s.points.front().sx, s.points.size(), 3, self);
            },
            "sx, sy, weight; no copy.")
        .def_ro("description", &Source::description, "In words.")
        .def_prop_ro("sigma_max", &Source::sigma_max, "Outermost light.")
        .def("__repr__", [](const Source& s) { return "Source(" + s.description + ")"; })
        .def("__getstate__",
             [](const Source& s) {
                 nb::bytes points(s.points.data(), s.points.size() * sizeof(optics::SourcePoint));
                 return nb::make_tuple(points, s.description, s.shape.sigma_in, s.shape.sigma_out, s.shape.gaussian,
                                       s.shape.sectors, s.shape.n);
             })
        .def("__setstate__", [](Source& self, const std::tuple<nb::bytes, std::string, double, double, double,
                                                               std::vector<std::array<double, 2>>, int>& state) {
            const auto& [raw, text, in, out, gaussian, sectors, n] = state;
            const auto* first = reinterpret_cast<const optics::SourcePoint*>(raw.data());
            new (&self) Source{{first, first + raw.size() / sizeof(*first)}, text, {in, out, gaussian, sectors, n}};
        });
    static_assert(sizeof(optics::SourcePoint) == 3 * sizeof(double));
    m.def(
        "conventional", [](double sigma, int n) { return optics::conventional(sigma, n); }, "sigma"_a, "n"_a = 41,
        "A disc of radius sigma, cut into n x n cells.");
    m.def(
        "annular", [](double in, double out, int n) { return optics::annular(in, out, n); }, "sigma_in"_a,
        "sigma_out"_a, "n"_a = 41, "A ring.");
    m.def(
        "dipole",
        [](double in, double out, const Dimensional& opening, const Dimensional& angle, int n) {
            return optics::dipole(in, out, opening.angle("opening"), angle.angle("angle"), n);
        },
        "sigma_in"_a, "sigma_out"_a, "opening"_a, "angle"_a = "0 deg", "n"_a = 41,
        "Two sectors; angle: azimuth of the first.");
    m.def(
        "quasar",
        [](double in, double out, const Dimensional& opening, const Dimensional& angle, int n) {
            return optics::quasar(in, out, opening.angle("opening"), angle.angle("angle"), n);
        },
        "sigma_in"_a, "sigma_out"_a, "opening"_a, "angle"_a = "45 deg", "n"_a = 41,
        "Four sectors; angle: azimuth of the first.");
    m.def("point_source", &optics::point_source, "sx"_a = 0.0, "sy"_a = 0.0, "Coherent light.");
    m.def(
        "pixelated",
        [](const Rows& weights) {
            Field2<double> field;
            field.grid.ny = static_cast<int>(weights.shape(0)), field.grid.nx = static_cast<int>(weights.shape(1));
            field.values.assign(weights.data(), weights.data() + weights.size());
            return optics::pixelated(field);
        },
        "weights"_a, "n x n weights over [-1, 1] squared, row = sy.");
}

void bind_pupil(nb::module_& m) {
    nb::class_<Pupil>(m, "Pupil", "Projection lens, wafer side.")
        .def(
            "__init__",
            [](Pupil* self, double na, const Dimensional& wavelength, double n_medium, const Dimensional& defocus,
               const std::vector<double>& zernike_waves, double obscuration) {
                new (self) Pupil(pupil_of(na, wavelength, n_medium, defocus, zernike_waves, obscuration));
            },
            "na"_a = 1.35, "wavelength"_a = "193.368 nm", "n_medium"_a = 1.4366, "defocus"_a = "0 nm",
            "zernike_waves"_a = std::vector<double>{}, "obscuration"_a = 0.0)
        .def_ro("na", &Pupil::na, "Numerical aperture.")
        .def_prop_ro(
            "wavelength_nm", [](const Pupil& p) { return p.wavelength.in(nm); }, "In vacuum.")
        .def_ro("n_medium", &Pupil::n_medium, "Refractive index above the wafer.")
        .def_prop_ro(
            "defocus_nm", [](const Pupil& p) { return p.defocus.in(nm); }, "Image plane along +z.")
        .def_ro("zernike_waves", &Pupil::zernike_waves, "Fringe order from Z1, waves.")
        .def("__getstate__",
             [](const Pupil& p) {
                 return std::make_tuple(p.na, p.wavelength.si(), p.n_medium, p.defocus.si(), p.zernike_waves,
                                        p.obscuration);
             })
        .def("__setstate__",
             [](Pupil& self, const std::tuple<double, double, double, double, std::vector<double>, double>& state) {
                 const auto& [na, wavelength, n, defocus, zernike, obscuration] = state;
                 new (&self) Pupil{.na = na,
                                   .wavelength = Length::from_si(wavelength),
                                   .n_medium = n,
                                   .defocus = Length::from_si(defocus),
                                   .obscuration = obscuration,
                                   .zernike_waves = zernike};
             });
    m.def(
        "preset", [](std::string_view name) { return optics::preset_pupil(name); }, "name"_a,
        "Lens of a scanner class, for example 'arf-immersion-1.35'.");
    m.def(
        "preset_source", [](std::string_view name) { return optics::preset_source(name); }, "name"_a,
        "Usual source of a scanner class.");
}

void bind_kernels(nb::module_& m) {
    nb::class_<KernelSet>(m, "KernelSet", "Coherent kernels in the frequency domain, valid at their own period.")
        .def_prop_ro(
            "kernels",
            [](nb::handle self) {
                const auto& k = nb::cast<const KernelSet&>(self);
                const auto h = static_cast<std::size_t>(2 * k.band_y + 1),
                           w = static_cast<std::size_t>(2 * k.band_x + 1);
                return Array<const std::complex<double>, 3>(k.kernels.data(), {k.weights.size(), h, w}, self);
            },
            "K[k, fy + band, fx + band], no copy.")
        .def_prop_ro(
            "weights",
            [](nb::handle self) {
                const auto& k = nb::cast<const KernelSet&>(self);
                return view<const double>(k.weights.data(), k.weights.size(), self);
            },
            "No copy.")
        .def_prop_ro(
            "period_nm", [](const KernelSet& k) { return std::make_pair(k.period_x.in(nm), k.period_y.in(nm)); },
            "Of the cell.")
        .def_ro("truncation_bound", &KernelSet::truncation_bound, "Certified, of clear field; -1 = unknown.")
        .def_prop_ro("open_frame", &optics::open_frame_intensity, "Intensity of a clear mask.")
        .def("__len__", &KernelSet::count);
    m.def(
        "socs",
        [](const Source& source, const Pupil& pupil, const Dimensional& period, double image_tol, int count) {
            return computed_away(
                [&, p = period.length("period")] { return optics::socs(source, pupil, p, p, image_tol, count); });
        },
        "source"_a, "pupil"_a, "period"_a, "image_tol"_a = 1e-3, "count"_a = 0,
        "Kernels up to a certified bound of what is left out, or exactly `count`.");
}

/// The mask's transmission on a square cell: shapes bright in the dark, or dark in the clear.
Spectrum2 transmission(const Region& shapes, const Dimensional& period, const Dimensional& x0, const Dimensional& y0,
                       const std::string& polarity, int band) {
    if (polarity != "dark-field" && polarity != "clear-field")
        throw InputError("D0106", "'" + escape_text(polarity) + "' is no polarity", "dark-field or clear-field");
    flow::Clip clip;
    clip.target = shapes;
    clip.period_nm = period.length("period").in(nm);
    clip.x0_nm = x0.length("x0").in(nm);
    clip.y0_nm = y0.length("y0").in(nm);
    if (!(clip.period_nm > 0)) throw InputError("D0204", "'period' is out of range", "greater than 0 nm");
    return flow::mask_spectrum(shapes, clip, band, polarity == "clear-field", false);
}

Image image_by(const std::string& method, const Spectrum2& mask, const Source& source, const Pupil& pupil,
               double image_tol) {
    Image image;
    if (method == "abbe")
        image = optics::abbe(mask, source, pupil);
    else if (method == "hopkins")
        image = optics::hopkins(mask, source, pupil);
    else
        image = optics::image(optics::socs(source, pupil, mask.period_x, mask.period_y, image_tol), mask);
    image.x0 = mask.x0, image.y0 = mask.y0;
    return image;
}

void bind_images(nb::module_& m) {
    m.def(
        "mask_spectrum",
        [](const Region& shapes, const Source& source, const Pupil& pupil, const Dimensional& period,
           const Dimensional& x0, const Dimensional& y0, const std::string& polarity) {
            return transmission(shapes, period, x0, y0, polarity,
                                optics::mask_band(source, pupil, period.length("period")));
        },
        "mask"_a, "source"_a, "pupil"_a, "period"_a, "x0"_a = "0 nm", "y0"_a = "0 nm", "polarity"_a = "dark-field",
        "Exact Fourier coefficients of a mask on the square cell from (x0, y0), as many as the lens passes.");
    m.def(
        "aerial_image",
        [](const Region& shapes, const Source& source, const Pupil& pupil, const Dimensional& period,
           const Dimensional& x0, const Dimensional& y0, const std::string& polarity, const std::string& method,
           double image_tol) {
            if (method != "abbe" && method != "hopkins" && method != "socs")
                throw InputError("D0106", "'" + escape_text(method) + "' is no method", "abbe, hopkins or socs");
            const Spectrum2 mask = transmission(shapes, period, x0, y0, polarity,
                                                optics::mask_band(source, pupil, period.length("period")));
            return computed_away([&] { return image_by(method, mask, source, pupil, image_tol); });
        },
        "mask"_a, "source"_a, "pupil"_a, "period"_a, "x0"_a = "0 nm", "y0"_a = "0 nm", "polarity"_a = "dark-field",
        "method"_a = "abbe", "image_tol"_a = 1e-3,
        "Image of polygons on the square cell from (x0, y0), clear field = 1: abbe and hopkins are exact, socs errs by "
        "image_tol at most.");
    m.def(
        "image",
        [](const KernelSet& kernels, const Spectrum2& mask) {
            return computed_away([&] { return optics::image(kernels, mask); });
        },
        "kernels"_a, "mask"_a, "Image of a mask spectrum by kernels.");
    m.def(
        "abbe",
        [](const Spectrum2& mask, const Source& source, const Pupil& pupil) {
            return computed_away([&] { return optics::abbe(mask, source, pupil); });
        },
        "mask"_a, "source"_a, "pupil"_a, "Image of a mask spectrum, one coherent image per source point.");
    m.def(
        "spectrum_of_samples",
        [](const FieldHandle& samples, int band_x, int band_y) {
            const Grid2& grid = samples.data->grid;
            for (const auto& [band, n] : {std::pair(band_x, grid.nx), std::pair(band_y, grid.ny)})
                if (band < 0 || 2 * band + 1 > n)
                    throw InputError("D0204", "a band of " + std::to_string(band) + " is out of range",
                                     std::to_string(n) + " samples hold orders up to " + std::to_string((n - 1) / 2));
            return spectrum_of_samples(*samples.data, band_x, band_y);
        },
        "samples"_a, "band_x"_a, "band_y"_a, "Fourier coefficients of samples on one full period (DFT / N).");
    m.def(
        "image_adjoint",
        [](const KernelSet& kernels, const Spectrum2& mask, const Spectrum2& dloss_dimage) {
            return computed_away([&] { return optics::image_adjoint(kernels, mask, dloss_dimage); });
        },
        "kernels"_a, "mask"_a, "dloss_dimage"_a,
        "G with dL = 2 Re sum conj(G) dM for dL = sum conj(d) dI: the exact gradient with respect to the mask.");
    m.def(
        "edge_gradient",
        [](const Rows& segments_nm, const Spectrum2& adjoint) {
            if (segments_nm.shape(1) != 4) throw nb::value_error("segments_nm has four columns: x0, y0, x1, y1");
            std::vector<EdgeSegment> list;
            for (std::size_t i = 0; i < segments_nm.shape(0); ++i) {
                const double* s = segments_nm.data() + 4 * i;
                list.push_back({s[0], s[1], s[2], s[3]});
            }
            return array_of(edge_gradient(list, adjoint));
        },
        "segments_nm"_a, "adjoint"_a, "dLoss / d(shift), 1/nm, of mask edges moved along their outward normal.");
}

}  // namespace

void bind_optics(nb::module_& parent) {
    nb::module_ m = parent.def_submodule("optics", "Sources, pupils, kernels, images of masks; clear field = 1.");
    bind_source(m);
    bind_pupil(m);
    bind_kernels(m);
    bind_images(m);
}

}  // namespace damascene::python
