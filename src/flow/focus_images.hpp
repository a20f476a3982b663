// Images of one mask through focus, and the way back from an image to the mask.
#pragma once

#include <map>

#include "damascene/flow.hpp"
#include "damascene/opc/process_window.hpp"

namespace damascene::flow {

ParamSpec polarity_row();
/// Parameter rows of a step that images: polarity, method, image_tol.
std::vector<ParamSpec> imaging_rows(const char* method);

struct FocusImage {
    Image image;
    int kernels = 0;
    double bound = 0;  ///< certified error of the kernels, of clear field; 0 = exact
};

/// A mask behind its optics. method: "socs" (kernels to image_tol), "hopkins" (exact sum), "abbe" (slow truth).
struct Projection {
    Region shapes;
    bool clear_field = false;
    Clip clip;
    Optics optics;
    std::string method = "abbe";
    double image_tol = 1e-3;
    double clear_area() const;  ///< mean transmission
    /// Every edge of the shapes moved outward; edges on the border of the cell are none.
    Projection grown(Length distance) const;
    FocusImage at(double focus_nm) const;
    /// Adjoint spectrum G of a functional of the image (optics::image_adjoint), dL = 2 Re sum conj(G) dM.
    Spectrum2 adjoint(double focus_nm, const Spectrum2& dloss_dimage) const;
};
/// Mask of an earlier step, else the drawn layout; the source's cells are refined at the pupil edge for patterns. Rows
/// that a step does not have (method, image_tol) keep their values above.
Projection projection_of(const Inputs& in);

/// The images of a projection, each computed once and blurred by acid diffusion.
class ImageSeries {
  public:
    ImageSeries(Projection projection, Length blur) : projection_(std::move(projection)), blur_(blur) {}
    const Image& at(double focus_nm);
    /// Change of a cut's size with the mask's (opc::mask_error_enhancement).
    double mask_error_enhancement(double focus_nm, double level, const opc::CutEnds& cut);
    const Projection& projection() const { return projection_; }
    std::size_t count() const { return images_.size(); }
    double bound() const { return bound_; }

  private:
    Projection projection_;
    Length blur_;
    std::map<double, Image> images_;
    double bound_ = 0;
};

}  // namespace damascene::flow
